/** A storage in memory: for tests, examples, and as the simplest model of what a storage must do. */
@NullMarked
package dev.boxcar.memory;

import org.jspecify.annotations.NullMarked;
