/** The engine behind the outbox: not API. */
@NullMarked
package dev.boxcar.internal;

import org.jspecify.annotations.NullMarked;
