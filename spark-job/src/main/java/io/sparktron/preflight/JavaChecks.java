package io.sparktron.preflight;

import java.util.List;

/** The Java virtual machine of a rank: whether its version and modules are what the kernels are written for. */
final class JavaChecks {
    private static final String VECTOR = "jdk.incubator.vector";
    private static final int OLDEST = 17;

    private JavaChecks() {}

    static List<Finding> findings() {
        return List.of(version(), vectorModule());
    }

    private static Finding version() {
        int version = Runtime.version().feature();
        return version < OLDEST
                ? Finding.problem(
                        "java",
                        "Java " + version + " in " + System.getProperty("java.home"),
                        "--conf spark.executorEnv.JAVA_HOME=FOLDER of a JDK " + OLDEST)
                : Finding.ok("java", "Java " + Runtime.version());
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
