package dev.boxcar.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.boxcar.OutboxContext;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** No record that holds a message, or a part of one, shows its key or payload as text. */
class NoContentInTextTest {

    private static final byte[] CANARY = "canary".getBytes(UTF_8);
    private static final List<String> FORMS = List.of("canary", "63616e617279", "99, 97, 110", "Y2FuYXJ5");

    private static List<Class<?>> recordsWithContent() {
        List<Class<?>> records = new ArrayList<>();
        for (JavaClass each : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.boxcar")) {
            // What a test has received is shown when the test fails.
            if (each.isRecord() && !each.getPackageName().startsWith("dev.boxcar.testkit")) {
                Class<?> type = each.reflect();
                if (holdsContent(type, 0)) {
                    records.add(type);
                }
            }
        }
        return records;
    }

    private static boolean holdsContent(Class<?> type, int depth) {
        if (!type.isRecord() || depth > 3) {
            return false;
        }
        return Arrays.stream(type.getRecordComponents())
                .anyMatch(part -> part.getType() == byte[].class
                        || part.getType() == byte[][].class
                        || holdsContent(part.getType(), depth + 1));
    }

    @Test
    void noRecordShowsItsBytes() throws Exception {
        List<Class<?>> records = recordsWithContent();
        assertThat(records)
                .extracting(Class::getSimpleName)
                .contains("Message", "ClaimedEntry", "DeadLetter", "StoredEntry");
        for (Class<?> type : records) {
            String text = make(type).toString();
            for (String form : FORMS) {
                assertThat(text).as(type.getName()).doesNotContain(form);
            }
        }
    }

    private static Object make(Class<?> type) throws Exception {
        RecordComponent[] parts = type.getRecordComponents();
        Constructor<?> constructor = type.getDeclaredConstructor(
                Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new));
        constructor.setAccessible(true);
        Object[] values = new Object[parts.length];
        for (int i = 0; i < parts.length; i++) {
            values[i] = value(parts[i].getType());
        }
        return constructor.newInstance(values);
    }

    private static @Nullable Object value(Class<?> type) throws Exception {
        if (type == byte[].class) {
            return CANARY;
        } else if (type.isRecord() && type != OutboxContext.class) {
            return make(type);
        } else if (type == String.class) {
            return "text";
        } else if (type == long.class || type == Long.class) {
            return 1L;
        } else if (type == int.class || type == Integer.class) {
            return 1;
        } else if (type == boolean.class || type == Boolean.class) {
            return true;
        } else if (type == OutboxContext.class) {
            return OutboxContext.DEFAULT;
        } else if (type == Instant.class) {
            return Instant.EPOCH;
        } else if (type == Duration.class) {
            return Duration.ZERO;
        } else if (type == Map.class) {
            return Map.of("name", "canary");
        } else if (type == List.class) {
            return List.of();
        } else if (type == Set.class) {
            return Set.of();
        } else if (type.isInterface()) {
            return Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> type.getSimpleName());
        }
        return null; // whatever it is, it holds no bytes that would stand in a text
    }
}
