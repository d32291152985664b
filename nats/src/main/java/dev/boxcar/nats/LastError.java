package dev.boxcar.nats;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import org.jspecify.annotations.Nullable;

/** What the server says of no message in particular: that a permission is missing, for example. Safe for use by several threads. */
final class LastError implements ErrorListener {

    private volatile @Nullable String text;

    @Override
    public void errorOccurred(Connection connection, String error) {
        text = error.replaceAll("\"[^\"]*\"", "\"…\""); // a subject, which may have been made of a key
    }

    /** After a new connection. */
    void forget() {
        text = null;
    }

    /** The last one, as a part of a sentence; empty if there was none. */
    String suffix() {
        String last = text;
        return last == null ? "" : "; NATS says: " + last;
    }
}
