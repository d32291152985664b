package dev.boxcar.spring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Writes JSON with Jackson 2. Safe for use by several threads. */
public final class Jackson2PayloadSerializer implements PayloadSerializer {

    private final ObjectMapper mapper;

    /** Writes with this mapper. */
    public Jackson2PayloadSerializer(ObjectMapper mapper) {
        this.mapper = Objects.requireNonNull(mapper, "mapper");
    }

    @Override
    public byte[] serialize(Object content) {
        try {
            return mapper.writeValueAsBytes(content);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String contentType() {
        return "application/json";
    }
}
