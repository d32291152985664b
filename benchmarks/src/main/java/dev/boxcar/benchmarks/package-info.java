/**
 * Measures what Boxcar does beside the limit and beside other outboxes: on the same servers, with the same data, alternating,
 * and checking each time that everything arrived as promised.
 */
@NullMarked
package dev.boxcar.benchmarks;

import org.jspecify.annotations.NullMarked;
