#!/bin/sh
# Makes the spoken prompts that ship with Ringback: A-law, 8 kHz, no header. Needs
# espeak-ng and sox. A store records its own and puts them into its prompt folder.
set -eu
cd "$(dirname "$0")"

say() { # name, words per minute, text
	espeak-ng -v cmn -s "$2" -a 160 --stdout "$3" |
		sox -t wav - -t raw -e a-law -r 8000 -c 1 "$1.alaw" silence 1 0.02 0.3% reverse silence 1 0.02 0.3% reverse pad 0.2 0.3 gain -n -3
}

# spec 3, prompts_and_templates: abandon_message, with the store named generically.
say abandon_message 300 '您好,这里是您爱车的售后服务店,刚才致电想做服务回访,座席暂时占线,抱歉打扰。如需联系请拨打本店服务热线,不希望接到此类来电请按1。'
say sorry_lost 260 '抱歉,线路出现故障,我们稍后再与您联系。再见。'
say goodbye 260 '抱歉,系统即将维护,我们稍后再与您联系。再见。'
