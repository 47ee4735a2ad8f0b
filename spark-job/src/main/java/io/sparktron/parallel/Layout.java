package io.sparktron.parallel;

import java.io.Serializable;

/**
 * How ranks are arranged: {@code data} copies of the model, each split over {@code tensor} ranks. Rank r is number r mod tensor of its tensor group
 * and number r div tensor of its data group (paper, section 3 and Fig. 8).
 *
 * @param tensor ranks that one layer is split over
 * @param data copies of the model
 */
public record Layout(int tensor, int data) implements Serializable {
    public Layout {
        if (tensor < 1 || data < 1) {
            throw new IllegalArgumentException("tensor " + tensor + " x data " + data + ": both are at least 1");
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
