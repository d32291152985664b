# Finds Java and Maven for the scripts that source this file. Needs: root, the project's folder.

# Sets "java" to a Java 17 or newer, or ends with the reason.
find_java() {
    java=java
    if [ -n "${JAVA_HOME:-}" ]; then
        java=$JAVA_HOME/bin/java
    fi
    local version
    if ! version=$("$java" -version 2>&1); then
        echo "Boxcar needs Java 17 or newer, and there is no $java: install a JDK, or set JAVA_HOME" >&2
        exit 1
    fi
    version=$(sed -n 's/.*version "\([0-9]*\).*/\1/p' <<<"$version" | head -n 1)
    if [ "${version:-0}" -lt 17 ]; then
        echo "Boxcar needs Java 17 or newer, and $java is Java ${version:-of an unknown version}: set JAVA_HOME" >&2
        exit 1
    fi
}

# Runs the Maven wrapper. Without "unzip" it would fetch another archive, whose checksum it does not know; every JDK can
# unpack the right one.
maven() {
    local path=$PATH
    if ! command -v unzip >/dev/null; then
        local stand_in=$root/.boxcar/bin
        mkdir -p "$stand_in"
        cat >"$stand_in/unzip" <<'UNZIP'
#!/bin/sh
# unzip -q ARCHIVE -d FOLDER, done by the JDK.
[ "$1" = -q ] && shift
cd "$3" && "${JAVA_HOME:+$JAVA_HOME/bin/}jar" xf "$1" && chmod +x ./*/bin/mvn
UNZIP
        chmod +x "$stand_in/unzip"
        path=$stand_in:$PATH
    fi
    PATH=$path "$root/mvnw" -B -ntp "$@"
}
