package dev.boxcar.jdbc;

import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadRequest;

/** Reads committed entries, exactly, in the order of their ids; see {@link dev.boxcar.spi.OutboxStorage#read}. */
interface Reader {

    /** Reads a page on a connection of its own. */
    ReadPage read(Connections connections, ReadRequest request);

    /** The server was restarted or replaced: what was committed may be gone, and ids may be handed out again. */
    void serverChanged();
}
