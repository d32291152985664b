/**
 * The other outboxes, through their public interfaces and set up as their own documentation recommends for throughput. What each
 * is set to is what {@link dev.boxcar.benchmarks.Contestant#setup()} says.
 */
@NullMarked
package dev.boxcar.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
