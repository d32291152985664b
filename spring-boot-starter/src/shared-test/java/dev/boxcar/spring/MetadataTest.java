package dev.boxcar.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the jar holds for the IDE. */
class MetadataTest {

    @Test
    void everyPropertyHasADescriptionAndADefault() throws IOException {
        String metadata;
        try (InputStream in =
                OutboxTemplate.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            metadata = new String(
                    Objects.requireNonNull(in, "the jar has no metadata").readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(metadata)
                .contains("\"boxcar.processor.claim-duration\"", "\"boxcar.jdbc.tables\"", "\"boxcar.webhooks\"")
                .contains("How long claims live without being renewed")
                .contains("\"defaultValue\": \"2s\"");
    }
}
