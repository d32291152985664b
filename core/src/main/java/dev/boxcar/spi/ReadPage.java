package dev.boxcar.spi;

import java.util.List;

/**
 * What a read found.
 *
 * @param entries in the order of their ids
 * @param next where to read on
 * @param more whether the page was cut by a limit, so that more may be waiting now
 */
public record ReadPage(List<StoredEntry> entries, ReadPosition next, boolean more) {}
