/**
 * Scenarios for an application's own tests: do something in a transaction, deliver what it wrote, and say what must have been
 * published. Start with {@link dev.boxcar.testkit.scenario.OutboxScenario}. Needs no test framework, and works with all of them.
 */
@NullMarked
package dev.boxcar.testkit.scenario;

import org.jspecify.annotations.NullMarked;
