package io.sparktron.parallel;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;

/**
 * How ranks are arranged: {@code data} copies of the model, each split over {@code tensor} ranks. Rank r is number r mod tensor of its tensor group
 * and number r div tensor of its data group (paper, section 3 and Fig. 8).
 *
 * @param tensor ranks that one layer is split over
 * @param data copies of the model
 */
public record Layout(int tensor, int data) implements Serializable {
    private static final int MOST_RANKS = 1 << 20;

    public Layout {
        if (tensor < 1 || data < 1 || (long) tensor * data > MOST_RANKS) {
            throw new InvalidInputException("parallel.tensor x parallel.data = " + tensor + " x " + data
                    + ", must each be at least 1, and together at most " + MOST_RANKS + " ranks");
        }
    }

    public int ranks() {
        return tensor * data;
    }

    @Override
    public String toString() {
        return "tensor " + tensor + " x data " + data;
    }
}
