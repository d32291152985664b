package dev.boxcar.spring.autoconfigure;

import dev.boxcar.Outbox;
import dev.boxcar.spi.OutboxStorage;
import java.sql.Connection;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The actuator's endpoint. */
@AutoConfiguration(after = BoxcarAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(OutboxStorage.class)
@ConditionalOnAvailableEndpoint(OutboxEndpoint.class)
public class BoxcarEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    OutboxEndpoint boxcarEndpoint(OutboxStorage<Connection> storage, ObjectProvider<Outbox<Connection>> outbox) {
        return new OutboxEndpoint(storage, outbox.getIfAvailable());
    }
}
