package io.sparktron.parallel;

import io.sparktron.collective.Communicator;

/**
 * One rank's place among all: its tensor group, which shares every layer, and its data group, which holds the same part of each copy of the model
 * (paper, Fig. 8).
 *
 * @param world all ranks
 * @param tensor the ranks that this rank's copy of the model is split over
 * @param data the ranks that hold the same part in other copies
 */
public record Mesh(Layout layout, Communicator world, Communicator tensor, Communicator data) {
    /** Divides the world; every rank calls it. */
    public static Mesh of(Layout layout, Communicator world) {
        if (world.size() != layout.ranks()) {
            throw new IllegalArgumentException(
                    layout + " has " + layout.ranks() + " ranks, the world has " + world.size());
        }
        Communicator tensor = world.split("tensor", world.rank() / layout.tensor());
        Communicator data = world.split("data", world.rank() % layout.tensor());
        return new Mesh(layout, world, tensor, data);
    }

    /** Position in the tensor group. */
    public int tensorRank() {
        return tensor.rank();
    }

    /** Position in the data group. */
    public int dataRank() {
        return data.rank();
    }
}
