import { describe, expect, it } from 'vitest'
import { gitSettingLines, takeBackFixes } from '../../src/diagnosis/git-settings.ts'
import type { GitSettingFact } from '../../src/diagnosis/observation.ts'
import { observation } from './observation-builders.ts'

const OLD: GitSettingFact = { key: 'http.sslcainfo', value: '/opt/old/ca.pem', place: '~/.gitconfig:12', file: '/home/anna/.gitconfig' }
const withSettings = (...gitSettings: readonly GitSettingFact[]) => observation({ gitSettings })
const parts = { title: 'let git read its usual list', checkedHow: '' }

describe('a setting of git', () => {
  it('is told with the line that has it', () => {
    expect(gitSettingLines(withSettings(OLD))[0]?.text).toBe('git: http.sslcainfo=/opt/old/ca.pem (~/.gitconfig:12)')
    expect(gitSettingLines(observation())).toEqual([])
  })
  it('is taken out of its own file, and can be given back', () => {
    const [fix] = takeBackFixes('sslCAInfo', withSettings(OLD), parts)
    expect(fix?.commands).toEqual(['git config --file /home/anna/.gitconfig --unset-all http.sslcainfo'])
    expect(fix?.undo).toEqual(['git config --file /home/anna/.gitconfig http.sslcainfo /opt/old/ca.pem'])
  })
  it('of the whole machine needs root', () => {
    const [fix] = takeBackFixes('sslCAInfo', withSettings({ ...OLD, file: '/etc/gitconfig' }), parts)
    expect(fix?.commands).toEqual(['sudo git config --file /etc/gitconfig --unset-all http.sslcainfo'])
  })
  it('of one host keeps its address', () => {
    const [fix] = takeBackFixes('sslCAInfo', withSettings({ ...OLD, key: 'http.https://mods.example/.sslcainfo' }), parts)
    expect(fix?.commands[0]).toContain('--unset-all http.https://mods.example/.sslcainfo')
  })
  it('is left alone where its key or file cannot be written safely', () => {
    const hostile = { ...OLD, key: 'http.https://x/$(reboot).sslcainfo' }
    expect(takeBackFixes('sslCAInfo', withSettings(hostile, { ...OLD, file: '/tmp/`x`' }, { ...OLD, file: null }), parts)).toEqual([])
  })
})
