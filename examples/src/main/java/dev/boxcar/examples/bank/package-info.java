/**
 * The demo: a bank whose account balances are rebuilt from its messages alone, while a relay is killed.
 *
 * <ol>
 *   <li>{@link dev.boxcar.examples.bank.BankDemo} starts a real PostgreSQL and a real Kafka, and runs one {@code DemoRun}.
 *   <li>The {@code Writers} move money between the accounts of the {@code Bank}, in concurrent transactions with row locks, and
 *       publish one message for each account that they touch. Some roll back, some are slow, some touch hundreds of accounts.
 *   <li>The {@code Relays}, processes of their own, carry the messages to Kafka. One is killed with -9, one joins later.
 *   <li>A {@code TopicReader} hands what arrives to the {@code Ledger}, which also knows what was committed and what was
 *       rolled back. It judges: lost, ghost, out of order, duplicate, and the balances.
 *   <li>The {@code Verdict} says what was checked.
 * </ol>
 */
@NullMarked
package dev.boxcar.examples.bank;

import org.jspecify.annotations.NullMarked;
