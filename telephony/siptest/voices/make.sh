#!/bin/sh
# Regenerates the simulated customers' speech: raw A-law, 8 kHz, mono.
# Needs espeak-ng (Mandarin voice cmn) and sox.
set -eu
cd "$(dirname "$0")"

say() { # file, voice, speed, pitch, text
	espeak-ng -v "$2" -s "$3" -p "$4" --stdout "$5" |
		sox -t wav - -t al -r 8000 -c 1 "$1.al" gain -n -6 silence 1 0.02 0.5% reverse silence 1 0.02 0.5% reverse pad 0.04 0.08
}

person() { # name, voice, speed, pitch
	say "$1_hello" "$2" "$3" "$4" "喂，你好。"
	say "$1_who" "$2" "$3" "$4" "喂？哪位？"
	say "$1_yes" "$2" "$3" "$4" "嗯，可以，你说。"
	say "$1_good" "$2" "$3" "$4" "挺满意的，十分吧。"
	say "$1_explained" "$2" "$3" "$4" "有，都讲清楚了。"
	say "$1_wait" "$2" "$3" "$4" "就是等的时间有点长。"
	say "$1_clean" "$2" "$3" "$4" "车洗得挺干净。"
	say "$1_right" "$2" "$3" "$4" "嗯，对。"
	say "$1_nothing" "$2" "$3" "$4" "没有别的了。"
	say "$1_bye" "$2" "$3" "$4" "好的，再见。"
}

person wang cmn+m3 205 38
person li cmn+f2 215 62

say voicemail cmn+f4 205 50 "您拨打的用户暂时无法接听，请在提示音后留言。"
say assistant cmn+f3 220 58 "您好，机主现在不方便，我是智能助理，请问您找他有什么事？"
say power_off cmn+f4 205 50 "您好，您拨打的电话已关机，请稍后再拨。"
say unreachable cmn+f4 205 50 "您好，您拨打的电话暂时无法接通，请稍后再拨。"
say suspended cmn+f4 205 50 "您好，您拨打的电话已停机。"
say empty cmn+f4 205 50 "您好，您拨打的号码是空号，请查证后再拨。"
