package dev.boxcar.spring.autoconfigure;

import dev.boxcar.CloudEvents;
import dev.boxcar.Publisher;
import dev.boxcar.http.HttpPublisher;
import dev.boxcar.spring.OutboxConfigurationException;
import dev.boxcar.spring.PublisherRoute;
import dev.boxcar.spring.PublisherRoutes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Publishes to the webhooks below {@code boxcar.webhooks}. */
@AutoConfiguration(before = BoxcarAutoConfiguration.class)
@ConditionalOnClass(HttpPublisher.class)
@ConditionalOnMissingBean(Publisher.class)
@ConditionalOnProperty(
        name = {"boxcar.enabled", "boxcar.processor.enabled"},
        matchIfMissing = true)
@EnableConfigurationProperties(BoxcarProperties.class)
public class BoxcarWebhookAutoConfiguration {

    private static final String ALL_OTHERS = "*";

    @Bean
    PublisherRoutes boxcarWebhookRoutes(BoxcarProperties properties) {
        List<PublisherRoute> routes = new ArrayList<>();
        properties.webhooks().forEach((name, webhook) -> {
            String prefix = "boxcar.webhooks." + name;
            routes.add(new PublisherRoute(
                    name,
                    BoxcarAutoConfiguration.valid(
                            prefix,
                            () -> build(prefix, webhook, properties.settings().publishTimeout())),
                    namespaces(prefix, name, webhook.namespaces())));
        });
        return new PublisherRoutes(routes);
    }

    private static Set<String> namespaces(String prefix, String name, List<String> given) {
        if (given.isEmpty()) {
            return Set.of(name);
        }
        if (!given.contains(ALL_OTHERS)) {
            return Set.copyOf(given);
        }
        if (given.size() > 1) {
            throw new OutboxConfigurationException(
                    prefix + ".namespaces has * beside others, which it includes.", "Leave * or the names.");
        }
        return Set.of();
    }

    private static HttpPublisher build(String prefix, BoxcarProperties.Webhook webhook, Duration publishTimeout) {
        String url = webhook.url();
        if (url == null || url.isBlank()) {
            throw new OutboxConfigurationException(prefix + ".url is missing.", "Set the webhook's address.");
        }
        HttpPublisher.Builder builder = HttpPublisher.builder(url)
                .publishTimeout(publishTimeout)
                .maxConcurrentRequests(webhook.maxConcurrentRequests());
        String secret = webhook.secret();
        if (secret != null) {
            builder.signedWith(secret.getBytes(StandardCharsets.UTF_8));
        }
        String source = webhook.cloudEventsSource();
        if (source != null) {
            CloudEvents events = CloudEvents.of(source);
            if (webhook.cloudEventsMode() == BoxcarProperties.CloudEventsMode.STRUCTURED) {
                builder.structuredCloudEvents(events);
            } else {
                builder.cloudEvents(events);
            }
        }
        webhook.headers().forEach(builder::header);
        return builder.build();
    }
}
