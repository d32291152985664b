package dev.boxcar.relay;

import java.io.IOException;
import java.io.InputStream;

/** Watches standard input for its end, which tells that the process that started this one is gone, however it died. */
final class StandardInput {

    private StandardInput() {}

    static void whenClosed(InputStream in, Runnable action) {
        Thread thread = new Thread(
                () -> {
                    try {
                        in.transferTo(java.io.OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        // A stream that cannot be read is as good as closed.
                    }
                    action.run();
                },
                "boxcar-stdin");
        thread.setDaemon(true);
        thread.start();
    }
}
