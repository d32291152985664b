/** Publishes to webhooks over HTTP: see {@link dev.boxcar.http.HttpPublisher}. */
@NullMarked
package dev.boxcar.http;

import org.jspecify.annotations.NullMarked;
