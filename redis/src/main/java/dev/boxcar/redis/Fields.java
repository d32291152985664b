package dev.boxcar.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boxcar.ClaimedEntry;
import java.util.LinkedHashMap;
import java.util.Map;

/** Turns entries into the fields of a stream's entries. */
final class Fields {

    private Fields() {}

    /** Names and values, one after the other. */
    static Object[] of(ClaimedEntry entry) {
        Map<String, byte[]> fields = new LinkedHashMap<>();
        entry.headers().forEach((name, value) -> fields.put(name, value.getBytes(UTF_8)));
        fields.keySet()
                .removeIf(name -> name.equals(BoxcarFields.KEY)
                        || name.equals(BoxcarFields.TYPE)
                        || name.equals(BoxcarFields.NAMESPACE));
        fields.put(BoxcarFields.ID, entry.messageId().getBytes(UTF_8));
        fields.put(
                BoxcarFields.CREATED,
                Long.toString(entry.createdAt().toEpochMilli()).getBytes(UTF_8));
        byte[] key = entry.key();
        if (key != null) {
            fields.put(BoxcarFields.KEY, key);
        }
        String type = entry.type();
        if (type != null) {
            fields.put(BoxcarFields.TYPE, type.getBytes(UTF_8));
        }
        if (!entry.namespace().isEmpty()) {
            fields.put(BoxcarFields.NAMESPACE, entry.namespace().getBytes(UTF_8));
        }
        fields.put(BoxcarFields.PAYLOAD, entry.payload());
        Object[] all = new Object[2 * fields.size()];
        int next = 0;
        for (Map.Entry<String, byte[]> field : fields.entrySet()) {
            all[next++] = field.getKey().getBytes(UTF_8);
            all[next++] = field.getValue();
        }
        return all;
    }
}
