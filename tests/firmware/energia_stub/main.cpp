/* What Energia adds around a sketch; it ends some time after the input does. With an argument the
   button is held down for a while then. */
#include "Energia.h"
#include "DeepMasque.ino"

int main(int count, char **)
{
    setup();
    while (Serial.available())
        loop();
    for (int time = 0; time < 400; time++) {
        button = count > 1 && time >= 100 && time < 200 ? LOW : HIGH;
        loop();
    }
    return 0;
}
