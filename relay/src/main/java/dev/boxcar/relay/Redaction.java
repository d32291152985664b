package dev.boxcar.relay;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.regex.Pattern;

/**
 * Takes passwords out of texts that were written by others, such as the errors of drivers, which like to quote the URL.
 * The same patterns stand in {@code logback.xml}. Safe for use by several threads.
 */
final class Redaction {

    private static final String MASK = "***";

    private static final List<Pattern> PATTERNS = List.of(
            Pattern.compile(
                    "(?i)((?:password|passwd|pwd|passphrase|secret|token)\\s*[=:]\\s*)(?:\"[^\"]*\"?|[^&;,\\s]+)"),
            Pattern.compile("((?://|\\b)[^/@:\\s]*:)[^/@\\s]+(?=@)"));

    private final Set<String> secrets = new CopyOnWriteArraySet<>();

    /** Hides this text wherever it appears. Texts so short that they appear by chance are not worth hiding. */
    void hide(String secret) {
        if (secret.length() >= 3) {
            secrets.add(secret);
        }
    }

    String apply(String text) {
        String result = text;
        for (String secret : secrets) {
            result = result.replace(secret, MASK);
        }
        for (Pattern pattern : PATTERNS) {
            result = pattern.matcher(result).replaceAll("$1" + MASK);
        }
        return result;
    }
}
