/** Example programs. */
@NullMarked
package dev.boxcar.examples;

import org.jspecify.annotations.NullMarked;
