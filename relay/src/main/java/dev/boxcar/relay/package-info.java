/**
 * The command line: the standalone processor {@code boxcar relay}, which carries messages from a database to a broker, and
 * the commands an operator needs around it.
 *
 * <p>{@link dev.boxcar.relay.Main} is the way in. Every option stands once, with its name, default, check and text, in one of the
 * classes that end in {@code Options}; the environment variables and the help follow from there.
 */
@NullMarked
package dev.boxcar.relay;

import org.jspecify.annotations.NullMarked;
