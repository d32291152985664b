package dev.boxcar.spring;

import java.util.Objects;
import tools.jackson.databind.ObjectMapper;

/** Writes JSON with Jackson 3. Safe for use by several threads. */
public final class Jackson3PayloadSerializer implements PayloadSerializer {

    private final ObjectMapper mapper;

    /** Writes with this mapper. */
    public Jackson3PayloadSerializer(ObjectMapper mapper) {
        this.mapper = Objects.requireNonNull(mapper, "mapper");
    }

    @Override
    public byte[] serialize(Object content) {
        return mapper.writeValueAsBytes(content);
    }

    @Override
    public String contentType() {
        return "application/json";
    }
}
