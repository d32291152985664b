package dev.boxcar.spring.autoconfigure;

import dev.boxcar.spring.Jackson2PayloadSerializer;
import dev.boxcar.spring.Jackson3PayloadSerializer;
import dev.boxcar.spring.OutboxConfigurationException;
import dev.boxcar.spring.OutboxEventListener;
import dev.boxcar.spring.OutboxEventMapping;
import dev.boxcar.spring.OutboxEventWriter;
import dev.boxcar.spring.OutboxTemplate;
import dev.boxcar.spring.PayloadSerializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Application events that go to the outbox, written with the application's Jackson: with Jackson 3 if it has both. */
@AutoConfiguration(
        after = BoxcarAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration",
            "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
            "org.springframework.boot.jackson2.autoconfigure.Jackson2AutoConfiguration"
        })
@ConditionalOnBean(OutboxTemplate.class)
@Import({
    BoxcarEventsAutoConfiguration.Jackson3Configuration.class,
    BoxcarEventsAutoConfiguration.Jackson2Configuration.class
})
public class BoxcarEventsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    OutboxEventWriter boxcarEventWriter(
            ObjectProvider<OutboxTemplate> outbox, ObjectProvider<PayloadSerializer> serializers) {
        return new OutboxEventWriter(outbox::getObject, () -> serializer(serializers));
    }

    @Bean
    @ConditionalOnMissingBean
    OutboxEventListener boxcarEventListener(ObjectProvider<OutboxEventMapping<?>> mappings, OutboxEventWriter writer) {
        return new OutboxEventListener(mappings.orderedStream().toList(), writer);
    }

    private static PayloadSerializer serializer(ObjectProvider<PayloadSerializer> serializers) {
        PayloadSerializer serializer = serializers.getIfUnique();
        if (serializer == null) {
            throw new OutboxConfigurationException(
                    "There is no PayloadSerializer bean, or more than one.",
                    "Put Jackson on the class path, or define one.");
        }
        return serializer;
    }

    /** Jackson 3. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(tools.jackson.databind.ObjectMapper.class)
    static class Jackson3Configuration {

        @Bean
        @ConditionalOnMissingBean(PayloadSerializer.class)
        @ConditionalOnSingleCandidate(tools.jackson.databind.ObjectMapper.class)
        Jackson3PayloadSerializer boxcarJackson3Serializer(tools.jackson.databind.ObjectMapper mapper) {
            return new Jackson3PayloadSerializer(mapper);
        }
    }

    /** Jackson 2. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(com.fasterxml.jackson.databind.ObjectMapper.class)
    static class Jackson2Configuration {

        @Bean
        @ConditionalOnMissingBean(PayloadSerializer.class)
        @ConditionalOnSingleCandidate(com.fasterxml.jackson.databind.ObjectMapper.class)
        Jackson2PayloadSerializer boxcarJackson2Serializer(com.fasterxml.jackson.databind.ObjectMapper mapper) {
            return new Jackson2PayloadSerializer(mapper);
        }
    }
}
