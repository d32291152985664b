package dev.boxcar.testservers;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that somebody else has started, named by a setting: it is used, and otherwise left alone. */
final class ExternalServer implements TestServer {

    private static final Pattern PORT = Pattern.compile(":(\\d+)(?=[,/?]|$)");

    private final String setting;
    private final String url;

    private ExternalServer(String setting, String url) {
        this.setting = setting;
        this.url = url;
    }

    static Optional<ExternalServer> database(String prefix) {
        String setting = prefix + "_URL";
        return Settings.get(setting).map(url -> {
            String withUser = parameter(url, "user", Settings.get(prefix + "_USER"));
            return new ExternalServer(setting, parameter(withUser, "password", Settings.get(prefix + "_PASSWORD")));
        });
    }

    static Optional<ExternalServer> broker(String setting) {
        return Settings.get(setting).map(address -> new ExternalServer(setting, address));
    }

    /** The JDBC URL with user and password, or the bootstrap servers. */
    String url() {
        return url;
    }

    @Override
    public String name() {
        return "the server named by " + setting;
    }

    @Override
    public int port() {
        Matcher matcher = PORT.matcher(url);
        if (!matcher.find()) {
            throw new UnsupportedOperationException(setting + " names no port");
        }
        return Integer.parseInt(matcher.group(1));
    }

    @Override
    public long pid() {
        throw notOurs("has no known process");
    }

    @Override
    public boolean isRunning() {
        return true;
    }

    @Override
    public void stop() {
        throw notOurs("cannot be stopped");
    }

    @Override
    public void kill() {
        throw notOurs("cannot be killed");
    }

    @Override
    public void pause() {
        throw notOurs("cannot be paused");
    }

    @Override
    public void resume() {
        throw notOurs("cannot be resumed");
    }

    @Override
    public void restart() {
        throw notOurs("cannot be restarted");
    }

    @Override
    public Path directory() {
        throw notOurs("has no known folder");
    }

    @Override
    public Path logFile() {
        throw notOurs("has no known log");
    }

    @Override
    public void close() {}

    private UnsupportedOperationException notOurs(String what) {
        return new UnsupportedOperationException(name() + " was not started here and " + what + "; without " + setting
                + " the tests start a server of their own");
    }

    private static String parameter(String url, String name, Optional<String> value) {
        return value.map(text -> url + (url.contains("?") ? "&" : "?") + name + "="
                        + URLEncoder.encode(text, StandardCharsets.UTF_8))
                .orElse(url);
    }
}
