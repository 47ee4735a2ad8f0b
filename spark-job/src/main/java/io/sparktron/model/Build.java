package io.sparktron.model;

import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.DropoutSite;
import io.sparktron.kernels.SampleRows;
import io.sparktron.parallel.ColumnParallelLinear;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.parallel.RegionBorder;
import io.sparktron.parallel.ReplicatedLinear;
import io.sparktron.parallel.RowParallelLinear;
import java.util.Optional;

/**
 * What every part of a model is built from.
 *
 * @param border of the regions where layers are split
 */
record Build(Execution on, ModelConfig config, ParameterStorage parameters, Mode mode, RegionBorder border) {
    static Build of(Execution on, ModelConfig config, ParameterStorage parameters, Mode mode) {
        boolean sharesRows = mode.training()
                && on.mesh().layout().sequence()
                && on.mesh().layout().tensor() > 1;
        RegionBorder border = sharesRows ? RegionBorder.splitRows(on) : RegionBorder.wholeRows(on);
        return new Build(on, config, parameters, mode, border);
    }

    Parameter parameter(String name) {
        return parameters.get(name);
    }

    /**
     * A linear layer split by columns.
     *
     * @param outputDimensions leading dimensions of its weight that together are its outputs
     */
    ColumnParallelLinear byColumns(String name, int outputDimensions) {
        return new ColumnParallelLinear(
                on, border, parameter(name + ".weight"), outputDimensions, Optional.of(parameter(name + ".bias")));
    }

    /** A linear layer split by rows. */
    RowParallelLinear byRows(String name) {
        return new RowParallelLinear(on, border, parameter(name + ".weight"), parameter(name + ".bias"));
    }

    /** A linear layer that every rank computes as a whole. */
    ReplicatedLinear whole(String name) {
        return new ReplicatedLinear(on, parameter(name + ".weight"), parameter(name + ".bias"));
    }

    /** The dropout of one place. */
    Dropout dropout(DropoutSite site, int layer) {
        return mode.dropout() == 0 ? Dropout.NONE : new Dropout(mode.dropout(), mode.seed(), site.of(layer));
    }

    /** Rows of a micro-batch that this rank holds outside of the split regions. */
    long rowCount(MicroBatch batch) {
        return border.rows(batch.rowCount());
    }

    /** Which they are. */
    SampleRows rows(MicroBatch batch) {
        return new SampleRows(batch.positions(), batch.sequence(), border.first(batch.rowCount()));
    }
}
