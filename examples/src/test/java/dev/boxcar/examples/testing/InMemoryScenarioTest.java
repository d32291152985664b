package dev.boxcar.examples.testing;

import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxWriter.MessagePublisher;
import dev.boxcar.RetryPolicy;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.scenario.OutboxScenario;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Business code that knows nothing of transactions is tested without a database. */
class InMemoryScenarioTest {

    // tag::memory[]
    /** Business code: it is given a publisher that is bound to the transaction. */
    record Billing(MessagePublisher messages) {
        void charge(String customer, int cents) {
            messages.publish(Message.of(customer, "charge " + cents).withType("charged.v1"));
        }
    }

    private final OutboxScenario<InMemoryTransaction> scenario = OutboxScenario.inMemory();

    @Test
    void aChargeIsAnnounced() {
        scenario.stimulate(transaction -> {
                    OutboxContext billing = OutboxContext.ofNamespace("billing");
                    new Billing(scenario.outbox().bind(billing, transaction)).charge("customer-7", 500);
                })
                .thenPublished("billing")
                .withKey("customer-7")
                .withPayload("charge 500")
                .once();
    }
    // end::memory[]

    // tag::settings[]
    @Test
    void afterThreeAttemptsAMessageIsGivenUp() {
        RetryPolicy three = RetryPolicy.DEFAULT.withMaxAttempts(3);
        OutboxScenario<InMemoryTransaction> strict = OutboxScenario.inMemory(settings -> settings.retryPolicy(three));
        strict.broker().failing(entry -> true, 3, "not now");

        strict.stimulate(transaction -> strict.outbox().publish(transaction, Message.of("customer-7", "tea")))
                .timePasses(Duration.ofMinutes(1))
                .thenDeadLettered()
                .inAttempt(3);
    }
    // end::settings[]
}
