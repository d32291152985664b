package dev.boxcar.testservers;

import java.nio.file.Path;
import java.util.List;

/** What is particular to one kind of server: how to prepare its data, how to start and how to end it. */
interface Recipe {

    /** The product and its version; servers of the same name share their prepared data. */
    String name();

    /** For the names of folders. */
    String kind();

    /** Fills an empty folder with the data of a fresh server; kept, and copied for later servers of this name. */
    void prepareData(Path data);

    /** The command of the server's main process. */
    List<String> command(Path folder, Path data, List<Integer> ports);

    default int portCount() {
        return 1;
    }

    /** What the log says when the server can be used. */
    String readyLine();

    /** Asks for an orderly end. */
    default String stopSignal() {
        return "TERM";
    }

    /** Asks for an end after which the data is not needed any more. */
    default String discardSignal() {
        return "KILL";
    }

    /** Whether the server refuses to run as root. */
    default boolean withoutRoot() {
        return false;
    }
}
