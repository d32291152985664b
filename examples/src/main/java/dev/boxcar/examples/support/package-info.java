/** What several programs that run relays as processes of their own share: the demo, and others that are not examples. */
@NullMarked
package dev.boxcar.examples.support;

import org.jspecify.annotations.NullMarked;
