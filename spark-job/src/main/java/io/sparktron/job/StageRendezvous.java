package io.sparktron.job;

import io.sparktron.collective.Rendezvous;
import java.util.List;
import org.apache.spark.BarrierTaskContext;

/** The barrier stage's all-gather, put in order of rank. Each call takes Spark about a second. */
record StageRendezvous(BarrierTaskContext task, List<Seat> seats, int rank) implements Rendezvous {
    @Override
    public int size() {
        return seats.size();
    }

    @Override
    public List<String> allGather(String message) {
        String[] byPartition = task.allGather(message);
        return seats.stream().map(seat -> byPartition[seat.partition()]).toList();
    }
}
