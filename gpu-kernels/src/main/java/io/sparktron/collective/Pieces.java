package io.sparktron.collective;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.EnumMap;
import java.util.Map;

/** What a rank makes of elements of all ranks' tensors: the meaning of every collective, whatever moves the elements. For one thread. */
final class Pieces {
    private final Map<DType, Reducer> reducers = new EnumMap<>(DType.class);

    Reducer reducer(DType type) {
        return reducers.computeIfAbsent(type, Reducer::of);
    }

    /**
     * Makes of some elements of all ranks' exposed tensors what this rank gets of them.
     *
     * @param sources elements {@code first ... first + count - 1} of each
     */
    void receive(Collective operation, int rank, Span[] sources, long first, long count) {
        if (count == 0) {
            return;
        }
        if (operation instanceof Collective.AllReduce all) {
            Tensor tensor = all.tensor();
            Span[] destination = {Span.of(tensor).plus(first * tensor.type().bytes())};
            reducer(tensor.type()).reduce(all.reduction(), sources, destination, count);
        } else if (operation instanceof Collective.ReduceScatter scatter) {
            Tensor output = scatter.output();
            int width = output.type().bytes();
            long part = rank * output.elements();
            long from = Math.max(first, part);
            long to = Math.min(first + count, part + output.elements());
            Span[] destination = {Span.of(output).plus((from - part) * width)};
            if (from < to) {
                reducer(output.type())
                        .reduce(
                                scatter.reduction(),
                                Span.plus(sources, (from - first) * width),
                                destination,
                                to - from);
            }
        } else if (operation instanceof Collective.AllGather gather) {
            Tensor input = gather.input();
            int width = input.type().bytes();
            for (int peer = 0; peer < sources.length; peer++) {
                Span part = Span.of(gather.output()).plus((peer * input.elements() + first) * width);
                sources[peer].copyTo(part, count * width);
            }
        } else if (operation instanceof Collective.Broadcast broadcast && broadcast.root() != rank) {
            Tensor tensor = broadcast.tensor();
            int width = tensor.type().bytes();
            sources[broadcast.root()].copyTo(Span.of(tensor).plus(first * width), count * width);
        }
    }

    /** Where the share of rank {@code index} starts: shares are equal up to a cache line, so that no line has two writers. */
    static long share(long elements, int ranks, int index) {
        return index == ranks ? elements : elements / ranks * index / 16 * 16;
    }
}
