package dev.boxcar.kafka;

/** The contract holds with transactions too. */
class TransactionalContractTest extends KafkaPublisherContractTest {

    @Override
    KafkaPublisher.Builder builder() {
        return super.builder().transactional("boxcar-test-");
    }
}
