/**
 * From the gradients that backward leaves to the weights of the next step: what is added over which ranks, the norm and clipping, Adam, the loss scale, and how an optimizer
 * whose state the copies of the model divide gets and gives what it needs (Rajbhandari et al. 2020); and the schedule of the learning rate.
 */
package io.sparktron.optimizer;
