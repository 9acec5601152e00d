/* What Energia adds around a sketch; it ends when the input does. */
#include "Energia.h"
#include "DeepMasque.ino"

int main()
{
    setup();
    while (Serial.available())
        loop();
    return 0;
}
