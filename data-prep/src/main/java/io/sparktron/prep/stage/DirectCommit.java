package io.sparktron.prep.stage;

import io.sparktron.storage.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.spark.internal.io.FileCommitProtocol;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * How Spark writes a table where renaming is to copy, or is not to be had: each attempt at a task writes under names of its own where they will stay, the
 * driver learns from the tasks that were committed which files count, and removes all others. Made by Spark, by its class name.
 */
public final class DirectCommit extends FileCommitProtocol implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String job;
    private final Path folder;
    /** Of the attempt at hand; each has an instance of its own. */
    private transient List<String> written;

    /** @param dynamic whether partitions are to be overwritten, which is not done here */
    public DirectCommit(String job, String folder, boolean dynamic) {
        this.job = job;
        this.folder = new Path(folder);
    }

    @Override
    public void setupJob(JobContext context) {
        // Nothing lies anywhere but in the folder.
    }

    @Override
    public void setupTask(TaskAttemptContext context) {
        written = new ArrayList<>();
    }

    @Override
    @SuppressWarnings("deprecation") // Spark's other method comes back to this one
    public String newTaskTempFile(TaskAttemptContext context, Option<String> directory, String extension) {
        if (directory.isDefined()) {
            throw new UnsupportedOperationException("tables by partition: " + directory.get());
        }
        String name = String.format(
                "part-%05d-%d-%s%s",
                context.getTaskAttemptID().getTaskID().getId(),
                context.getTaskAttemptID().getId(),
                job,
                extension);
        written.add(name);
        return new Path(folder, name).toString();
    }

    @Override
    @SuppressWarnings("deprecation")
    public String newTaskTempFileAbsPath(TaskAttemptContext context, String directory, String extension) {
        throw new UnsupportedOperationException("a file outside the table: " + directory);
    }

    @Override
    public TaskCommitMessage commitTask(TaskAttemptContext context) {
        return new TaskCommitMessage(String.join("\n", written));
    }

    @Override
    public void abortTask(TaskAttemptContext context) {
        for (String name : written) {
            delete(name, context.getConfiguration());
        }
    }

    /** Removes what attempts left that were lost or overtaken. */
    @Override
    public void commitJob(JobContext context, Seq<TaskCommitMessage> commits) {
        Set<String> committed = new HashSet<>();
        for (TaskCommitMessage commit : CollectionConverters.asJava(commits)) {
            committed.addAll(List.of(((String) commit.obj()).split("\n")));
        }
        remove(context.getConfiguration(), committed);
    }

    @Override
    public void abortJob(JobContext context) {
        remove(context.getConfiguration(), Set.of());
    }

    private void remove(Configuration configuration, Set<String> except) {
        try {
            for (FileStatus status : Attempts.list(folder, configuration)) {
                String name = status.getPath().getName();
                if (name.contains(job) && !except.contains(name)) {
                    delete(name, configuration);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void delete(String name, Configuration configuration) {
        try {
            Storage.delete(new Path(folder, name), configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
