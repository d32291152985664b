/**
 * Faults on real servers, and the proof that nothing was lost.
 *
 * <ol>
 *   <li>{@link dev.boxcar.chaos.Writers} write messages in transactions of which some roll back, some are slow, some large, and
 *       tell the {@link dev.boxcar.chaos.Journal} what became of each.
 *   <li>Relays in processes of their own ({@link dev.boxcar.chaos.RelayFleet}) carry them to Kafka. Each reaches the database and the
 *       broker of the {@link dev.boxcar.chaos.World} through a {@link dev.boxcar.chaos.TcpProxy} of its own.
 *   <li>{@link dev.boxcar.chaos.Faults} kill, pause, restart, cut, stall, starve and delete, in an order that a seed decides.
 *   <li>A {@link dev.boxcar.examples.support.TopicReader} consumes, and tells the journal what arrives.
 *   <li>The {@link dev.boxcar.chaos.Verdict} compares the two.
 * </ol>
 *
 * <p>{@link dev.boxcar.chaos.Campaign} is all of it, {@link dev.boxcar.chaos.Outage} a broker that is away while a backlog piles up,
 * {@link dev.boxcar.chaos.Soak} a long time with little wrong.
 */
@NullMarked
package dev.boxcar.chaos;

import org.jspecify.annotations.NullMarked;
