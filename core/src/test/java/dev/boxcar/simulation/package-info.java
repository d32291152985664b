/**
 * Whole lives of several processors on simulated time, in one thread, from one seed.
 *
 * <ol>
 *   <li>A {@link dev.boxcar.simulation.Plan} is drawn from the seed: what kind of life it is, and how it is set up.
 *   <li>{@link dev.boxcar.simulation.Writers} write in transactions that overlap, stay open and roll back, into a
 *       {@link dev.boxcar.simulation.Database} that knows the truth about claims.
 *   <li>A {@link dev.boxcar.simulation.Node} is a processor: the real engine, a clock that may be wrong, a
 *       {@link dev.boxcar.simulation.NodeStorage connection to the database} that fails, and a publisher to
 *       {@link dev.boxcar.simulation.Broker brokers} that misbehave.
 *   <li>{@link dev.boxcar.simulation.Troubles} crash, stop, pause and cut off.
 *   <li>The {@link dev.boxcar.simulation.Oracle} watches each step, and judges at the end.
 * </ol>
 *
 * A {@link dev.boxcar.simulation.Variant} is a system with one fault built in, to show that the oracle notices it.
 */
@NullMarked
package dev.boxcar.simulation;

import org.jspecify.annotations.NullMarked;
