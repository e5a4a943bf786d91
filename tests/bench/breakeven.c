/* The staircase break-even, one element at a time: the peer of costcore.breakeven. */
#include <math.h>

void breakeven(long rows, const double *price, const double *node, const double *capacity,
               const double *fixed, double own, double least, double *tokens)
{
    for (long i = 0; i < rows; i++) {
        if (!(price[i] >= 0 && node[i] >= 0 && capacity[i] >= 0 && fixed[i] >= 0 && own >= 0
              && least >= 1 && least == floor(least))) {
            tokens[i] = NAN;
            continue;
        }
        double saved = price[i] - own;
        double margin = capacity[i] / 1e6 * saved - node[i];
        if (!(margin > 1e-12 * node[i])) {
            tokens[i] = INFINITY;
            continue;
        }
        double nodes = fmax(least, ceil(rint(fixed[i] / margin * 1e9) / 1e9));
        tokens[i] = (fixed[i] + nodes * node[i]) / saved * 1e6;
    }
}
