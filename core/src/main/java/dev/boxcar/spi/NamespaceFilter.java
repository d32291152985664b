package dev.boxcar.spi;

import java.util.Set;

/**
 * Which namespaces are read.
 *
 * @param include true to read only {@code names}, false to read all others
 * @param names the names
 */
public record NamespaceFilter(boolean include, Set<String> names) {

    /** All namespaces. */
    public static final NamespaceFilter ALL = new NamespaceFilter(false, Set.of());

    /** Copies the names. */
    public NamespaceFilter {
        names = Set.copyOf(names);
    }

    /** Only these. */
    public static NamespaceFilter only(Set<String> names) {
        return new NamespaceFilter(true, names);
    }

    /** All but these. */
    public static NamespaceFilter except(Set<String> names) {
        return names.isEmpty() ? ALL : new NamespaceFilter(false, names);
    }

    /** Whether entries of this namespace are read. */
    public boolean accepts(String namespace) {
        return names.contains(namespace) == include;
    }
}
