// ESP32 (Arduino core 3): a hardware timer wakes a task that converts, since the ADC may not be
// used within an interrupt. The task runs on the main loop's processor, before it, so the rings
// between them need no more than on one processor. Codes are the core's calibrated millivolts; at
// the ends of the ADC's range they stop moving, and are sent as the ends of the scale. NOT RUN ON
// HARDWARE.
#include "../../config.h"

#if defined(ARDUINO_ARCH_ESP32) && !defined(EMG_CONVERTER_CAN_FAIL)

#include <Arduino.h>

#include "pins.h"

namespace emg {
namespace pins {

namespace {

constexpr uint8_t PINS[MAX_CHANNELS] = {36, 39, 34, 35, 32, 33};  // ADC1: free beside WiFi
constexpr uint32_t LOWEST_MV = 150;    // Espressif's range at 11 dB is 150 to 2450 mV;
constexpr uint32_t HIGHEST_MV = 3100;  // what lies above is less straight, but still moves
constexpr uint16_t LARGEST_CODE = (1U << CONVERTER.bits) - 1;

hw_timer_t* timer = nullptr;
TaskHandle_t task = nullptr;

void IRAM_ATTR on_alarm() {
    BaseType_t woken = pdFALSE;
    vTaskNotifyGiveFromISR(task, &woken);
    portYIELD_FROM_ISR(woken);
}

void scan_when_woken(void*) {
    for (;;) {
        ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
        pins_tick();
    }
}

}  // namespace

void set_up() {
    analogSetAttenuation(ADC_11db);
    xTaskCreatePinnedToCore(scan_when_woken, "emg", 4096, nullptr, configMAX_PRIORITIES - 2, &task,
                            ARDUINO_RUNNING_CORE);
}

uint16_t convert(uint8_t channel) {
    const uint32_t mv = analogReadMilliVolts(PINS[channel]);
    if (mv <= LOWEST_MV) {
        return 0;
    }
    return mv >= HIGHEST_MV ? LARGEST_CODE : static_cast<uint16_t>(mv);
}

bool start_ticks(uint16_t period_us) {
    timer = timerBegin(1000000);
    if (timer == nullptr) {
        return false;
    }
    timerAttachInterrupt(timer, on_alarm);
    timerAlarm(timer, period_us, true, 0);
    return true;
}

void stop_ticks() {
    timerEnd(timer);
    timer = nullptr;
}

}  // namespace pins
}  // namespace emg

#endif
