/** Contract tests and tools for tests. */
@NullMarked
package dev.boxcar.testkit;

import org.jspecify.annotations.NullMarked;
