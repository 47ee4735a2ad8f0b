package io.sparktron.faults;

import io.sparktron.command.Launcher;
import java.util.List;

/** Where runs take place. */
public interface Cluster extends AutoCloseable {
    /** For {@code --master}. */
    String master();

    /** Options of spark-submit that runs on it need. */
    List<String> options();

    /** The executor processes of a run, in the order of their ids as far as that is known. */
    List<ProcessHandle> executors(Launcher run);

    @Override
    void close();

    /** Master and Workers in the driver's own process, executors beside it. */
    static Cluster local(int executors) {
        return new Cluster() {
            @Override
            public String master() {
                return "local-cluster[" + executors + ",1,512]";
            }

            @Override
            public List<String> options() {
                return List.of();
            }

            @Override
            public List<ProcessHandle> executors(Launcher run) {
                return run.executors();
            }

            @Override
            public void close() {
                // its processes are the run's
            }
        };
    }

    /** Ranks as threads of the driver. */
    static Cluster threads(int ranks) {
        return new Cluster() {
            @Override
            public String master() {
                return "local[" + ranks + "]";
            }

            @Override
            public List<String> options() {
                return List.of();
            }

            @Override
            public List<ProcessHandle> executors(Launcher run) {
                return List.of();
            }

            @Override
            public void close() {
                // no process but the run's
            }
        };
    }
}
