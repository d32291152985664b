package dev.boxcar.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/** What is shipped for Grafana and Prometheus, and the guide, against the names that a registry really prints. */
final class ShippedFiles {

    private static final Pattern NAME = Pattern.compile("\\bboxcar_[a-z_]+");
    private static final Pattern LABEL_LIST = Pattern.compile("\\bby \\(([^)]*)\\)");
    private static final Pattern SELECTOR = Pattern.compile("\\{(\\w+)=");
    private static final Pattern LABELS_IN_TEXT = Pattern.compile("\\$labels\\.(\\w+)|\\{\\{(\\w+)}}");
    private static final Set<String> LABELS =
            Set.of("outbox", "destination", "session", "user", "application", "le", "instance");

    private ShippedFiles() {}

    private static InputStream open(String name) {
        return Objects.requireNonNull(ShippedFiles.class.getResourceAsStream(name), name);
    }

    static void checkDashboard(Set<String> names) throws IOException {
        List<String> expressions = new ArrayList<>();
        List<String> legends = new ArrayList<>();
        int panels = 0;
        try (InputStream file = open("grafana-dashboard.json");
                JsonParser json = new JsonFactory().createParser(file)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    switch (String.valueOf(json.currentName())) {
                        case "expr", "definition" -> expressions.add(json.getText());
                        case "legendFormat" -> legends.add(json.getText());
                        case "gridPos" -> panels++;
                        default -> {}
                    }
                } else if (token == JsonToken.START_OBJECT && "gridPos".equals(json.currentName())) {
                    panels++;
                }
            }
        }
        assertThat(panels).isGreaterThan(20);
        assertThat(expressions).hasSizeGreaterThan(20);
        check("the dashboard", expressions, names);
        legends.forEach(legend -> checkLabels(legend, LABELS_IN_TEXT));
        assertThat(String.join(" ", expressions))
                .as("every metric is in the dashboard")
                .contains(java.util.Arrays.stream(OutboxMetric.values())
                        .map(metric -> metric.meterName().replace('.', '_'))
                        .toList());
    }

    static void checkAlerts(Set<String> names) throws IOException {
        List<String> expressions = new ArrayList<>();
        String guide = guide();
        try (InputStream file = open("prometheus-alerts.yml")) {
            Map<String, Object> all = new Yaml().load(file);
            for (Object group : list(all, "groups")) {
                for (Object each : list(map(group), "rules")) {
                    Map<String, Object> rule = map(each);
                    String alert = (String) Objects.requireNonNull(rule.get("alert"));
                    expressions.add((String) Objects.requireNonNull(rule.get("expr")));
                    assertThat(map(rule.get("labels")).get("severity")).isIn("critical", "warning");
                    checkLabels(String.valueOf(map(rule.get("annotations")).get("summary")), LABELS_IN_TEXT);
                    assertThat(guide).as("the guide says what to do").contains("### " + alert + "\n");
                }
            }
        }
        assertThat(expressions).hasSizeGreaterThan(8);
        check("the alerts", expressions, names);
    }

    /** Names in the guide exist, and every metric is in it with its own description. */
    static void checkGuide(Set<String> names) throws IOException {
        String guide = guide();
        assertThat(namesIn(guide)).as("names in the guide").allMatch(name -> isFamily(name, names));
        for (OutboxMetric metric : OutboxMetric.values()) {
            assertThat(guide)
                    .as("the guide explains %s", metric)
                    .contains("| `" + metric.meterName() + "` |")
                    .contains(metric.description());
        }
    }

    private static boolean isFamily(String name, Set<String> names) {
        return names.contains(name) || names.contains(name + "_bucket");
    }

    private static String guide() throws IOException {
        return Files.readString(Path.of("..", "docs", "guide", "observability.md"), StandardCharsets.UTF_8);
    }

    private static void check(String what, List<String> expressions, Set<String> names) {
        for (String expression : expressions) {
            assertThat(namesIn(expression)).as("%s: %s", what, expression).isNotEmpty();
            assertThat(names).as("%s: %s", what, expression).containsAll(namesIn(expression));
            checkLabels(expression, LABEL_LIST);
            checkLabels(expression, SELECTOR);
        }
    }

    private static List<String> namesIn(String text) {
        Matcher matcher = NAME.matcher(text);
        return matcher.results().map(result -> result.group()).toList();
    }

    private static void checkLabels(String text, Pattern where) {
        Matcher matcher = where.matcher(text);
        while (matcher.find()) {
            for (int i = 1; i <= matcher.groupCount(); i++) {
                if (matcher.group(i) != null) {
                    assertThat(LABELS).as(text).contains(matcher.group(i).split(" *, *"));
                }
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@org.jspecify.annotations.Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Map<String, Object> in, String name) {
        return (List<Object>) Objects.requireNonNull(in.get(name));
    }
}
