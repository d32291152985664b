# Builds a module from its source tree if that is missing or outdated, then runs a class of it. For the scripts that source
# this file; needs: root, the project's folder. Only the program itself writes to standard output.
#
# BOXCAR_JAVA_OPTS holds options for the JVM; launch_profiles names Maven profiles beside "quick", with a comma before each.
. "$root/gates/tools.sh"
state=$root/.boxcar

sources() {
    find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main -type f
}

list_of_sources() {
    sources | LC_ALL=C sort | cksum
}

# Nothing has changed, come or gone since the last build, and what it has built is still there.
is_fresh() {
    [ -f "$stamp" ] && [ -f "$arguments" ] || return 1
    [ "$(list_of_sources)" = "$(cat "$stamp")" ] || return 1
    [ -z "$(find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main -type f -newer "$stamp" -print -quit)" ] || return 1
    local entry
    while IFS= read -r entry; do
        [ -e "$entry" ] || return 1
    done < <(sed -n 's/^"\(.*\)"$/\1/p' "$arguments" | tr ':' '\n')
}

build() {
    local started
    started=$(mktemp "$state/started.XXXXXX")
    list_of_sources >"$started"
    if [ -f "$stamp" ]; then
        echo "building Boxcar (its source has changed) ..." >&2
    else
        echo "building Boxcar (first time only) ..." >&2
    fi
    if ! maven "-Pquick${launch_profiles:-}" -pl "$module" -am process-classes dependency:build-classpath \
        -Dmdep.includeScope=runtime -Dmdep.outputFile=target/quick/classpath >"$build_log" 2>&1 </dev/null 9>&-; then
        grep '^\[ERROR\]' "$build_log" | head -n 20 >&2 || tail -n 20 "$build_log" >&2
        echo "boxcar: the build failed; all of its output is in $build_log" >&2
        rm -f "$started"
        exit 1
    fi
    printf -- '-cp\n"%s"\n' "$root/$module/target/quick/classes:$(cat "$root/$module/target/quick/classpath")" >"$arguments"
    # As old as the start of the build: what changes while it runs is built again next time.
    mv "$started" "$stamp"
}

# launch MODULE MAIN_CLASS ARGUMENTS...
launch() {
    module=$1
    local main=$2
    shift 2
    stamp=$state/$module.built
    arguments=$state/$module.arguments
    build_log=$state/$module.log
    find_java
    mkdir -p "$state"
    if ! is_fresh; then
        # Several calls at once build once; the others wait for it.
        exec 9>"$state/lock"
        if command -v flock >/dev/null; then
            flock 9
        fi
        is_fresh || build
        exec 9>&-
    fi

    # shellcheck disable=SC2086 # options are separated by blanks
    exec "$java" ${BOXCAR_JAVA_OPTS:-} "@$arguments" "$main" "$@"
}
