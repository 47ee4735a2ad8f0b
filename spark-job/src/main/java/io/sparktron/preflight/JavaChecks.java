package io.sparktron.preflight;

import java.util.List;

/** The Java virtual machine of a rank: its version, for people (one that is too old cannot even load this class), and whether it has the module that the kernels need. */
final class JavaChecks {
    private static final String VECTOR = "jdk.incubator.vector";

    private JavaChecks() {}

    static List<Finding> findings() {
        return List.of(Finding.ok("java", "Java " + Runtime.version()), vectorModule());
    }

    private static Finding vectorModule() {
        return ModuleLayer.boot().findModule(VECTOR).isEmpty()
                ? Finding.problem(
                        "vector module",
                        VECTOR + " is not among the modules of " + System.getProperty("java.home"),
                        "--conf spark.executor.extraJavaOptions=--add-modules=" + VECTOR
                                + " with a JDK, not a cut-down runtime, on every host")
                : Finding.ok("vector module", VECTOR + " is there");
    }
}
