package io.sparktron.prep.stage;

import org.apache.spark.Success$;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;
import scala.jdk.javaapi.CollectionConverters;

/** How far the jobs of a stage of ours are: Spark tasks done, of those that are known so far. */
final class TaskCounts extends SparkListener {
    private long tasks;
    private long ended;
    private long read;
    private long written;
    private int jobs;

    @Override
    public synchronized void onJobStart(SparkListenerJobStart job) {
        jobs++;
        for (StageInfo stage : CollectionConverters.asJava(job.stageInfos())) {
            tasks += stage.numTasks();
        }
    }

    /** Stages whose shuffle files were still there ran no task. */
    @Override
    public synchronized void onJobEnd(SparkListenerJobEnd job) {
        jobs--;
        if (jobs == 0) {
            tasks = ended;
        }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
        if (!Success$.MODULE$.equals(task.reason())) {
            return;
        }
        ended++;
        TaskMetrics metrics = task.taskMetrics();
        if (metrics != null) {
            read += metrics.inputMetrics().recordsRead();
            written += metrics.outputMetrics().recordsWritten();
        }
    }

    /** Documents that have been read or, where reading is not counted, written. */
    synchronized long documents() {
        return Math.max(read, written);
    }

    /** Part of the tasks that is done. */
    synchronized double done() {
        return tasks == 0 ? 0 : Math.min(1, (double) ended / tasks);
    }
}
