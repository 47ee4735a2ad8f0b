package io.sparktron.prep;

import io.sparktron.storage.Place;

class ObjectOutputTest extends OutputSuite {
    @Override
    Place place() {
        return Place.objects();
    }

    @Override
    boolean leavesUnfinished() {
        return false;
    }
}
